"""``python -m bpslides``: the same as the command ``bpslides``."""

from bpslides.cli import script

if __name__ == "__main__":
    script()
