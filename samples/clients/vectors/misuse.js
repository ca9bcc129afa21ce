// What an app does wrong, whatever the artefact: no yes, and no reason that a customer could do anything about.
import { NOW, no } from './case.js';
import { signedEnvelope } from './envelopes.js';
import { LIST_NAME, list, listWith } from './lists.js';

/** @type {import('./case.js').Case[]} */
export const MISUSE = [];

/**
 * @param {import('./case.js').Kind} kind
 * @param {string} name
 * @param {object} policy
 * @param {string} [text]
 * @param {string} [keyring]
 */
const add = (kind, name, policy, text = '', keyring = 'seller') =>
  MISUSE.push({
    name: `misuse: ${name}`,
    kind,
    input: { text },
    keyring,
    policy: { ...policy },
    expect: no('invalid_option'),
  });

const response = signedEnvelope('{"code":200}');
add('response', 'an age without a time', { maxAge: 60 }, response);
add('response', 'a lead without a time', { maxFuture: 60 }, response);
add('response', 'an age below zero', { maxAge: -1, now: NOW }, response);
add('response', 'a lead below zero', { maxFuture: -1, now: NOW }, response);
add('response', 'a role that is none', { role: 'admin' }, response);
add('response', 'no product, of several', {}, response, 'products');
add('response', 'even of what is malformed', { maxAge: 60 }, 'x');

const license = { product: 'app', key: null, device: null, now: NOW };
/** @param {string} text @param {string} [product] */
const listed = (text, product = 'app') => ({ input: { text }, name: LIST_NAME, product });
add('license', 'an empty product', { ...license, product: '' });
add('license', 'no time', { ...license, now: null });
add('license', 'an age below zero', { ...license, maxAge: -1 });
add('license', 'a lead below zero', { ...license, maxFuture: -1 });
add('license', 'an age of lists below zero', { ...license, maxListAge: -1 });
add('license', 'a role that is none', { ...license, role: 'admin' });
add('license', 'a list that was opened for another product', {
  ...license,
  revocations: [listed(listWith({ product: 'pro' }), 'pro')],
});

const revocations = { name: LIST_NAME, product: 'app', now: NOW, asks: [] };
add('revocations', 'an empty name', { ...revocations, name: '' }, list([]));
add('revocations', 'a name with a blank', { ...revocations, name: 'acme example' }, list([]));
add('revocations', 'a name with a plus', { ...revocations, name: 'acme+app' }, list([]));
add('revocations', 'an empty product', { ...revocations, product: '' }, list([]));
add('revocations', 'no time', { ...revocations, now: null }, list([]));

const proof = { key: 'AAAA-0002', origins: ['acme.example'], product: 'app', now: NOW };
add('proof', 'no origins', { ...proof, origins: [] });
add('proof', 'an empty origin', { ...proof, origins: ['acme.example', ''] });
add('proof', 'an empty product', { ...proof, product: '' });
add('proof', 'an age of lists below zero', { ...proof, maxListAge: -1 });
add('proof', 'an age of lists without a product', { ...proof, product: null, maxListAge: 60 });
add('proof', 'an age of lists without a time', { ...proof, now: null, maxListAge: 60 });
add('proof', 'lists without a product', { ...proof, product: null, revocations: [listed(list([]))] });
add('proof', 'a list that was opened for another product', {
  ...proof,
  revocations: [listed(listWith({ product: 'pro' }), 'pro')],
});
