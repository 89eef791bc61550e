/**
 * The script of a report page: theme button, crosshair on all plots at once, tips on the heat map, and everything
 * unfolded for printing. It builds elements with textContent only, never from text as HTML.
 */
export const pageScript = `
(() => {
  const root = document.documentElement;
  const button = document.getElementById('theme');
  const themes = ['auto', 'light', 'dark'];
  let theme = 'auto';
  button.hidden = false;
  button.addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % 3];
    if (theme === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme);
    button.textContent = 'Theme: ' + theme;
  });

  const clock = (ms) => {
    const s = Math.round(ms / 1000), two = (n) => String(n).padStart(2, '0');
    const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    return h ? h + ':' + two(m) + ':' + two(s % 60) : m + ':' + two(s % 60);
  };
  const element = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const nearest = (xs, at) => {
    let low = 0, high = xs.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (xs[middle] < at) low = middle + 1; else high = middle;
    }
    return low > 0 && at - xs[low - 1] < xs[low] - at ? low - 1 : low;
  };
  const place = (tip, share) => {
    tip.style.left = share < 0.5 ? 'calc(' + share * 100 + '% + 10px)' : 'auto';
    tip.style.right = share < 0.5 ? 'auto' : 'calc(' + (1 - share) * 100 + '% + 10px)';
    tip.hidden = false;
  };

  const plots = [...document.querySelectorAll('[data-plot]')].map((figure) => ({
    area: figure.querySelector('.area'),
    cross: figure.querySelector('.cross'),
    tip: figure.querySelector('.tip'),
    data: JSON.parse(figure.querySelector('script').textContent),
  }));
  const show = (at, active) => {
    for (const { cross, tip, data, area } of plots) {
      cross.hidden = at === null || at > data.to;
      if (!cross.hidden) cross.style.left = (at / data.to) * 100 + '%';
      tip.hidden = true;
      if (area !== active || cross.hidden) continue;
      tip.replaceChildren(element('b', '', clock(at)));
      for (const line of data.lines) {
        const value = line.y[nearest(line.x, at)];
        const row = element('div');
        row.append(element('span', 'key ' + line.color), element('span', '', line.name + ' '),
          element('b', '', value === null || value === undefined ? 'not measured'
            : value.toLocaleString('en-US', { maximumSignificantDigits: 4 }) + (data.unit ? ' ' + data.unit : '')));
        tip.append(row);
      }
      place(tip, at / data.to);
    }
  };
  for (const { area, data } of plots) {
    let at = 0;
    const point = (event) => {
      const box = area.getBoundingClientRect();
      at = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * data.to;
      show(at, area);
    };
    area.addEventListener('pointermove', point);
    area.addEventListener('pointerdown', point);
    area.addEventListener('pointerleave', () => show(null));
    area.addEventListener('blur', () => show(null));
    area.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === 'Escape') show(null);
      if (!step) return;
      event.preventDefault();
      at = Math.min(data.to, Math.max(0, at + (step * data.to) / 60));
      show(at, area);
    });
  }

  for (const heat of document.querySelectorAll('[data-heat]')) {
    const area = heat.querySelector('.area'), tip = heat.querySelector('.tip');
    const { interval, rows } = JSON.parse(heat.querySelector('script').textContent);
    const point = (event) => {
      const box = area.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
      const row = rows[Math.floor(y * rows.length)];
      if (!row || x < 0 || x >= 1) { tip.hidden = true; return; }
      const column = Math.floor(x * row.cells.length), cell = row.cells[column];
      tip.replaceChildren(element('b', '', row.name),
        element('div', '', clock(column * interval) + ' to ' + clock((column + 1) * interval)),
        element('div', '', cell === null ? 'nothing expected' : cell + ' % of the media came'));
      tip.style.top = y * 100 + '%';
      place(tip, x);
    };
    area.addEventListener('pointermove', point);
    area.addEventListener('pointerdown', point);
    area.addEventListener('pointerleave', () => { tip.hidden = true; });
  }

  addEventListener('beforeprint', () => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
})();
`;
