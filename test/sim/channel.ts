/** BroadcastChannel among the tabs of one device. */
import type { Loop } from "./loop.ts";
import type { Tab } from "./tab.ts";

export class ChannelHub {
  private readonly loop: Loop;
  private channels: Channel[] = [];

  constructor(loop: Loop) {
    this.loop = loop;
  }

  open(tab: Tab, name: string): Channel {
    const channel = new Channel(this, tab, name);
    this.channels.push(channel);
    return channel;
  }

  post(from: Channel, data: unknown): void {
    if (from.tab.isDead || !this.channels.includes(from)) return;
    for (const channel of this.channels) {
      if (channel === from || channel.name !== from.name) continue;
      const copy: unknown = structuredClone(data);
      this.loop.task(() => {
        if (!this.channels.includes(channel)) return;
        channel.tab.run(() =>
          channel.dispatchEvent(Object.assign(new Event("message"), { data: copy })),
        );
      });
    }
  }

  close(channel: Channel): void {
    this.channels = this.channels.filter((other) => other !== channel);
  }

  forget(tab: Tab): void {
    this.channels = this.channels.filter((channel) => channel.tab !== tab);
  }
}

export class Channel extends EventTarget {
  readonly tab: Tab;
  readonly name: string;
  private readonly hub: ChannelHub;

  constructor(hub: ChannelHub, tab: Tab, name: string) {
    super();
    this.hub = hub;
    this.tab = tab;
    this.name = name;
  }

  postMessage(data: unknown): void {
    this.hub.post(this, data);
  }

  close(): void {
    this.hub.close(this);
  }
}
