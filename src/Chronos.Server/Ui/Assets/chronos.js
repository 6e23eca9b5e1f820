'use strict';

const refreshMilliseconds = 5000;
const notice = document.getElementById('notice');

/** Shows each time in the reader's own zone below the one in UTC. */
function showLocalTimes(root) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  for (const time of root.querySelectorAll('time')) {
    const local = document.createElement('span');
    local.className = 'local';
    local.textContent = format.format(new Date(time.dateTime));
    time.append(local);
  }
}

/** Fetches the page anew and puts its content in place, keeping the focus. */
async function refresh() {
  const response = await fetch(location.href, { headers: { Accept: 'text/html' } });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fresh = document.importNode(page.getElementById('content'), true);
  showLocalTimes(fresh);
  const focused = document.activeElement?.id;
  document.getElementById('content').replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Asks, then does what a button says. */
async function act(button) {
  if (!confirm(button.dataset.question)) return;
  button.disabled = true;
  try {
    const response = await fetch(button.dataset.url, { method: button.dataset.method });
    notice.textContent = response.ok ? `${button.getAttribute('aria-label')}: done.` : await reasonOf(response);
    await refresh();
  } catch (error) {
    notice.textContent = String(error.message ?? error);
  } finally {
    button.disabled = false;
  }
}

async function reasonOf(response) {
  const text = await response.text();
  try {
    const body = JSON.parse(text);
    return body.message ?? body.detail ?? body.title ?? text;
  } catch {
    return `The server answered ${response.status}.`;
  }
}

document.addEventListener('click', event => {
  const button = event.target.closest('button[data-url]');
  if (button) act(button);
});

setInterval(() => {
  const isSelecting = !getSelection().isCollapsed;
  if (document.hidden || isSelecting) return;
  refresh().then(
    () => { if (notice.dataset.lost) { notice.textContent = ''; delete notice.dataset.lost; } },
    error => { notice.textContent = `Not up to date: ${error.message}`; notice.dataset.lost = 'yes'; });
}, refreshMilliseconds);

showLocalTimes(document);
