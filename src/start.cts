#!/usr/bin/env node
/**
 * Pictures are decoded on libuv's threads, of which there are four, whatever the machine, unless it is told otherwise before
 * the first one starts. Loading an ES module starts them: hence CommonJS, and hence a file of its own.
 */
const { availableParallelism } = process.getBuiltinModule('node:os')

process.env['UV_THREADPOOL_SIZE'] ??= String(Math.max(4, availableParallelism()))
void import('./main.ts')
