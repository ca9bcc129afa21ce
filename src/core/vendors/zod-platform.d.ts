declare global {
  /** zod's declarations name the platform's URL; the core has no ambient types, and never uses it. */
  interface URL {
    readonly href: string;
  }
}

export {};
