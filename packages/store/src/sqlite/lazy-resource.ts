/** A resource opened at first use, and opened anew after it was dropped. */
export class LazyResource<Resource extends Disposable> implements Disposable {
  readonly #open: () => Resource
  #resource: Resource | undefined

  constructor(open: () => Resource) {
    this.#open = open
  }

  get(): Resource {
    this.#resource ??= this.#open()
    return this.#resource
  }

  /** Closes the resource, if it is open. */
  [Symbol.dispose](): void {
    const resource = this.#resource
    this.#resource = undefined
    resource?.[Symbol.dispose]()
  }
}
