// Reads the Agents Playground's page for playground.py: who said what, what is new, which button is meant.
//
// The page marks no message with an id, and chats and channels are built differently: each message has exactly one
// "Show more information" button, from which its header, author and body are found. What stood there before the
// person last did something is stamped, so that `sees` reads the answer and not an older card.

window.boucle = {
  bot: null,
  clean: text => (text ?? '').replace(/\s+/g, ' ').replace('Your response was sent to the app', '').trim(),
  messages() {
    const found = [...document.querySelectorAll('[aria-label="Show more information"]')].map(menu => {
      const inChat = menu.closest('[aria-label="Message header"]');
      const header = inChat ?? menu.closest('.fui-CardHeader') ?? menu.parentElement.parentElement;
      const author = header.querySelector(inChat ? '[aria-label="Message author"]' : '[role=img]');
      const element = inChat ? header.parentElement : header.nextElementSibling;
      return {
        element, post: menu.closest('[role=group].fui-Card'),
        byBot: inChat ? author !== null : author?.ariaLabel === this.bot,
        text: this.clean([...element.children].filter(child => child !== header).map(child => child.innerText).join(' ')
          || element.innerText),
        isNew: !('seen' in element.dataset),
      };
    });
    const posts = [...new Set(found.map(message => message.post))].reverse();
    return posts.flatMap(post => found.filter(message => message.post === post));
  },
  stamp(except) {
    for (const {element} of this.messages()) {
      if (except && element.contains(except)) delete element.dataset.seen; else element.dataset.seen = '';
    }
  },
  texts(byBot, onlyNew) {
    return this.messages().filter(m => m.byBot === byBot && (m.isNew || !onlyNew)).map(m => m.text);
  },
  tidy() {
    for (const bar of document.querySelectorAll('[aria-label="Display Invoked Message"]')) {
      if (!this.clean(bar.innerText)) bar.style.display = 'none';
    }
  },
  titles() {
    const buttons = this.messages().filter(m => m.byBot).flatMap(m => this.buttons(m.element));
    return buttons.map(button => button.ariaLabel || button.innerText);
  },
  buttons(element) {
    return [...element.querySelectorAll('.ac-adaptiveCard button, .ac-adaptiveCard [role=button], .ac-adaptiveCard a')]
      .filter(button => button.checkVisibility());
  },
  button(title, beside) {
    const escaped = beside?.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const near = beside && new RegExp(`(^|[^\\p{L}\\p{N}])${escaped}($|[^\\p{L}\\p{N}])`, 'u');
    const mine = this.messages().filter(message => message.byBot).reverse();
    for (const {element} of [...mine.filter(m => m.isNew), ...mine.filter(m => !m.isNew)]) {
      const named = this.buttons(element)
        .filter(b => [b.ariaLabel, b.innerText].some(name => this.clean(name) === title))
        .map(button => {
          let around = button, steps = 0;
          while (near && around !== element && !near.test(this.clean(around.innerText))) {
            around = around.parentElement;
            steps += 1;
          }
          return {button, steps, fits: !near || near.test(this.clean(around.innerText))};
        })
        .filter(choice => choice.fits)
        .sort((one, other) => one.steps - other.steps);
      if (named.length) return named[0].button;
    }
    return null;
  },
};
