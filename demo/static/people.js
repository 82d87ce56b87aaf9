// New codes come each half minute; without script, the link on the page fetches them.
setTimeout(() => location.reload(), 1000 * document.currentScript.dataset.seconds)
