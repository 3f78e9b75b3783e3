// What Lodestar 1.5.1 needs on this Node.js with packages whose native parts were not compiled.
const Module = require('node:module')

// A dependency uses it before Node.js 22 has it.
Promise.withResolvers ??= function () {
  let resolve, reject
  const promise = new Promise((...settle) => ([resolve, reject] = settle))
  return { promise, resolve, reject }
}

// bcrypto and snappy have JavaScript twins.
process.env.NODE_BACKEND = 'js'
const load = Module._load
Module._load = function (request, parent, isMain) {
  if (request !== 'snappy') return load(request, parent, isMain)
  const { compress, uncompress } = load('snappyjs', module, false)
  return {
    compressSync: (data) => Buffer.from(compress(data)),
    compress: (data, done) => done(null, Buffer.from(compress(data))),
    uncompressSync: (data) => uncompress(data),
    uncompress: (data, options, done) => (done ?? options)(null, uncompress(data)),
  }
}
