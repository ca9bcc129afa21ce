import { copyStores } from '../../../../src/node/ledger/copy/copy-stores.js';
import type {
  Arrival,
  CopiedStore,
  DoubleTag,
  Reveal,
  TagSpan,
} from '../../../../src/node/ledger/model/copying.js';
import { ledgerPlace } from '../../../../src/node/ledger/model/ledger-place.js';
import { engineOf } from '../../../../src/node/ledger/open-ledger.js';
import type { newCopyLedger } from './places.js';

const now = new Date('2026-01-31T00:00:00Z');
type Side = Awaited<ReturnType<typeof newCopyLedger>>;

class Killed extends Error {}

/** `store`, which ends before, or after, its n-th transaction of those that write. */
function mortal(store: CopiedStore, life: number, after: boolean): CopiedStore {
  let lived = 0;
  const dying =
    <Given extends readonly unknown[], T>(work: (...given: Given) => Promise<T>) =>
    async (...given: Given): Promise<T> => {
      if (!after && lived === life) throw new Killed();
      const result = await work(...given);
      if (after && lived === life) throw new Killed();
      lived++;
      return result;
    };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'begin') return dying((arrival: Arrival) => target.begin(arrival));
      if (name === 'place')
        return dying((span: TagSpan, doubles: readonly DoubleTag[]) => target.place(span, doubles));
      if (name === 'reveal') return dying((reveal: Reveal) => target.reveal(reveal));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Runs a copy that ends at its n-th transaction; whether it came to its end. */
export async function copyUntil(from: Side, to: Side, life: number, after: boolean): Promise<boolean> {
  const open = (at: string) => engineOf(ledgerPlace(at)).open(ledgerPlace(at), {});
  const [source, target] = [await open(from.at), await open(to.at)];
  try {
    await copyStores(
      { store: source, secret: from.secret },
      { store: mortal(target, life, after), secret: to.secret },
      { now },
      7,
    );
    return true;
  } catch (error) {
    if (error instanceof Killed) return false;
    throw error;
  } finally {
    await source.close();
    await target.close();
  }
}
