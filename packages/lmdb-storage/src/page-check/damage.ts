// What a check of pages throws: in words, for the error of the storage.

export class Damage extends Error {}
