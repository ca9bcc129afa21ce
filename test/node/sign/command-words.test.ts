import { expect, it } from 'vitest';
import { commandWords } from '../../../src/node/sign/command-words.js';

it.each([
  ['openssl pkeyutl  -in {}', ['openssl', 'pkeyutl', '-in', '{}']],
  [' a\tb\n', ['a', 'b']],
  [`"C:\\Program Files\\sign.exe" --pin 'a "b"'`, ['C:\\Program Files\\sign.exe', '--pin', 'a "b"']],
  [`a --key="b c"'d e' ''`, ['a', '--key=b cd e', '']],
  ['a $HOME;b|c > d', ['a', '$HOME;b|c', '>', 'd']],
])('%j', (command, words) => {
  expect(commandWords(command)).toEqual(words);
});

it.each(['', '  ', "''", 'a "b', "a 'b"])('refuses %j', (command) => {
  expect(() => commandWords(command)).toThrow(
    /^the command of the signer (is empty|has a ["'] without another): /,
  );
});
