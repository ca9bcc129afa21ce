/** Values of which none is what anybody waits for: some throw when they are looked at, some are huge. */
export function hostileValues(): readonly unknown[] {
  const thrower = () => {
    throw new Error('looked at');
  };
  const traps = {
    get: thrower,
    has: thrower,
    ownKeys: thrower,
    getOwnPropertyDescriptor: thrower,
    getPrototypeOf: thrower,
  };
  const revocable = Proxy.revocable({}, {});
  revocable.revoke();
  const revokedList = Proxy.revocable([], {});
  revokedList.revoke();
  const detached = new Uint8Array(16);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const circular: Record<string, unknown> = {};
  circular.name = circular;
  return [
    undefined,
    null,
    true,
    0,
    Number.NaN,
    10n,
    '',
    '\n\n\n',
    '\ud800',
    'x'.repeat(1_000_000),
    Symbol('x'),
    thrower,
    [],
    {},
    circular,
    Object.create(null),
    new Proxy({}, traps),
    new Proxy(new Uint8Array(3), traps),
    new Proxy([], traps),
    revocable.proxy,
    revokedList.proxy,
    detached,
    new Uint8Array(),
    new Float64Array(3),
    new DataView(new ArrayBuffer(8)),
    new ArrayBuffer(8),
    new Date(Number.NaN),
    new Map([['name', 'x']]),
    Object.defineProperty({}, 'name', { get: thrower, enumerable: true }),
    Object.assign([], { length: 4_294_967_295 }),
    JSON.parse('{"__proto__":{"name":"acme.example/app"}}'),
  ];
}

/** A value as callers pass it who have no types. */
export const untyped = (value: unknown) => JSON.parse('null') ?? value;
