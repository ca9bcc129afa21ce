// What one writes by hand: nanoid's customAlphabet, grouped, kept unique by a Set, written to a file.
import { customAlphabet } from 'nanoid';
import { writeKeys } from './write-keys.js';

const draw = customAlphabet('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 25);

writeKeys(() => {
  const text = draw();
  return `${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10, 15)}-${text.slice(15, 20)}-${text.slice(20)}`;
});
