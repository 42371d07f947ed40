/** The only script of a single file that is not compressed: it wakes the one that makes the slides. */
import { wake } from "./unpack";

void wake(":deck");
