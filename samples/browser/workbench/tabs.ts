/** Tabs as the ARIA practices describe them: arrow keys, Home and End go from one to the other. */
export function startTabs(): void {
  const tabs = [...document.querySelectorAll<HTMLElement>('[role="tab"]')];
  const choose = (tab: HTMLElement) => {
    for (const each of tabs) {
      const isChosen = each === tab;
      each.setAttribute('aria-selected', String(isChosen));
      each.tabIndex = isChosen ? 0 : -1;
      const panel = document.getElementById(each.getAttribute('aria-controls') ?? '');
      if (panel !== null) panel.hidden = !isChosen;
    }
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener('click', () => choose(tab));
    tab.addEventListener('keydown', (event) => {
      const places: Readonly<Record<string, number>> = {
        ArrowRight: index + 1,
        ArrowLeft: index - 1,
        Home: 0,
        End: -1,
      };
      const place = places[event.key];
      const next = place === undefined ? undefined : tabs.at(place % tabs.length);
      if (next === undefined) return;
      event.preventDefault();
      choose(next);
      next.focus();
    });
  }
  const named = tabs.find((tab) => `#${tab.dataset['name']}` === location.hash);
  if (named !== undefined) choose(named);
}
