// Dragging a session in the calendar: dropping it opens the page that asks and says what the move does. Nothing is changed
// here, and everything can be done without: by the session's page and its form.
(() => {
  const wide = matchMedia('(width>=60rem)');
  const cal = document.querySelector('.cal');
  const first = Number(cal?.dataset.first);
  const QUARTER = 15;
  // The rows are a rem each, in which the page's text may be larger than sixteen pixels.
  const row = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
  const place = (li, minutes) => {
    const quarters = Math.round(minutes / QUARTER) - first * 4;
    li.className = li.className.replace(/\bh\d+ q\d+\b/, `h${Math.floor(quarters / 4)} q${quarters % 4}`);
  };
  for (const li of document.querySelectorAll('[data-move]')) {
    const link = li.querySelector('a');
    let drag = null, dragged = false;
    link.addEventListener('dragstart', (event) => event.preventDefault());
    link.addEventListener('click', (event) => { if (dragged) event.preventDefault(); });
    link.addEventListener('pointerdown', (event) => {
      dragged = false;
      if (!wide.matches || event.button !== 0 || event.pointerType === 'touch') return;
      drag = { x: event.clientX, y: event.clientY, grip: event.clientY - li.getBoundingClientRect().top, home: li.parentElement, name: li.className };
    });
    const back = () => { if (drag) { drag.home.append(li); li.className = drag.name; } drag = null; };
    addEventListener('pointermove', (event) => {
      if (!drag) return;
      if (!dragged && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
      dragged = true;
      li.classList.add('is-dragged');
      const day = document.elementsFromPoint(event.clientX, event.clientY).map((one) => one.closest('ol[data-day]')).find(Boolean);
      if (!day) return;
      const rows = Math.round(day.getBoundingClientRect().height / row());
      const quarter = Math.round((event.clientY - drag.grip - day.getBoundingClientRect().top) / row());
      drag.minutes = (first * 4 + Math.min(Math.max(quarter, 0), rows - 1)) * QUARTER;
      drag.day = day.dataset.day;
      if (li.parentElement !== day) day.append(li);
      place(li, drag.minutes);
    });
    addEventListener('pointerup', () => {
      if (!drag) return;
      if (!dragged || drag.minutes === undefined) return back();
      const two = (n) => String(n).padStart(2, '0');
      const to = new URL(li.dataset.move, location.href);
      to.searchParams.set('on', drag.day);
      to.searchParams.set('time', `${two(Math.floor(drag.minutes / 60))}:${two(drag.minutes % 60)}`);
      const moved = drag.home !== li.parentElement || drag.name.match(/h\d+ q\d+/)[0] !== li.className.match(/h\d+ q\d+/)[0];
      back();
      if (moved) location.assign(to);
    });
    addEventListener('pointercancel', back);
    addEventListener('keydown', (event) => { if (event.key === 'Escape') back(); });
  }
})();
