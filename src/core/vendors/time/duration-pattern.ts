/** The ISO 8601 durations that are read: no sign, no fraction, not zero, not the empty text. */
export const DURATION_PATTERN =
  /^P(?=\d|T\d)(?=.*[1-9])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/;
