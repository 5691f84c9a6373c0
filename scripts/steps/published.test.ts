import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { manifestFaults, tarballFaults } from './published.ts'

const sound = ['package/README.md', 'package/LICENSE', 'package/package.json', 'package/dist/index.js']
const conditions = { types: './dist/index.d.ts', default: './dist/index.js' }

test('a tarball with documents and dist is sound', () => equal(tarballFaults(sound), []))

for (const path of sound.slice(0, 3)) {
  test(`a tarball without ${path} is not`, () => {
    match(tarballFaults(sound.filter((other) => other !== path)).join(), `${path} is missing`)
  })
}

for (const path of [
  'package/src/index.ts',
  'package/dist/log.test.js',
  'package/dist/log.test-support.js',
  'package/.env',
]) {
  test(`a tarball with ${path} is not`, () => {
    match(tarballFaults([...sound, path]).join(), `${path} does not belong`)
  })
}

test('exports without the source condition are sound', () => {
  equal(manifestFaults({ name: 'a', exports: { '.': conditions }, dependencies: { b: '0.1.0' } }), [])
})

test('an export that leads to sources is a fault', () => {
  const exports = { '.': conditions, './deep': { '@quorate/source': './src/deep.ts', ...conditions } }
  match(manifestFaults({ name: 'a', exports }).join(), 'exports["./deep"] leads to sources')
})

test('a workspace link is a fault', () => {
  const dependencies = { b: 'workspace:*' }
  match(manifestFaults({ name: 'a', exports: {}, dependencies }).join(), 'b is still a workspace link')
})

test.run()
