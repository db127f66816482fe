// Tests that need more than Node and Python (a browser, Debian packages, root). There are none yet.
console.log('No system tests yet.')
