// The runtime calls chrome.proxy here, over DevTools; this tells it that it can.
console.debug('ready');
