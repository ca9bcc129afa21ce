// uuid's v4, kept unique by a Set, written to a file.
import { v4 } from 'uuid';
import { writeKeys } from './write-keys.js';

writeKeys(() => v4());
