const FIRST_ROOM = 1024;

/** Where each request stands in its file, by its line, and the checksum of its bytes: 16 bytes a line. */
export class RequestPlaces {
  #from = new Float64Array(FIRST_ROOM);
  #length = new Uint32Array(FIRST_ROOM);
  #sum = new Uint32Array(FIRST_ROOM);
  #last = 0;
  #count = 0;

  /** How many requests there are. */
  get count(): number {
    return this.#count;
  }

  /** The line of the last one. */
  get last(): number {
    return this.#last;
  }

  /** Adds the request of a line behind all others. */
  add(line: number, place: RequestPlace): void {
    while (line >= this.#from.length) this.#grow();
    this.#from[line] = place.from;
    this.#length[line] = place.length;
    this.#sum[line] = place.sum;
    this.#last = line;
    this.#count++;
  }

  /** That of a line; its length is 0 where there is no request. */
  at(line: number): RequestPlace {
    return { from: this.#from[line] ?? 0, length: this.#length[line] ?? 0, sum: this.#sum[line] ?? 0 };
  }

  /** The lines that hold requests. */
  *lines(): Generator<number> {
    for (let line = 1; line <= this.#last; line++) if ((this.#length[line] ?? 0) > 0) yield line;
  }

  #grow(): void {
    const room = 2 * this.#from.length;
    const [from, length, sum] = [this.#from, this.#length, this.#sum];
    [this.#from, this.#length, this.#sum] = [
      new Float64Array(room),
      new Uint32Array(room),
      new Uint32Array(room),
    ];
    this.#from.set(from);
    this.#length.set(length);
    this.#sum.set(sum);
  }
}

/** Where a request stands. */
export interface RequestPlace {
  readonly from: number;
  readonly length: number;
  /** Of its bytes: a file that is changed meanwhile is noticed. */
  readonly sum: number;
}
