#!/usr/bin/env node
/**
 * What has to be settled before the program is loaded, which is why this is CommonJS and a file of its own: loading an ES module
 * starts libuv's threads.
 */
const { availableParallelism } = process.getBuiltinModule('node:os')
const { setFlagsFromString } = process.getBuiltinModule('node:v8')

// Pictures are decoded on libuv's threads, of which there are four, whatever the machine, unless it is told otherwise.
process.env['UV_THREADPOOL_SIZE'] ??= String(Math.max(4, availableParallelism()))
// V8 lets a heap double before it tidies up, in every thread. Tidying earlier takes hardly any time and half the memory.
setFlagsFromString('--heap-growing-percent=30')
setFlagsFromString('--max-semi-space-size=4')
void import('./main.ts')
