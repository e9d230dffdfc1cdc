"""A client that is not ours. Lines of JSON on stdin are sent, messages received are told as lines of JSON on stdout."""

import asyncio
import json
import sys

import slixmpp


class Peer(slixmpp.ClientXMPP):
    def __init__(self, address, password):
        super().__init__(address, password)
        # Loopback without TLS: SCRAM still hides the password.
        self.force_starttls = False
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("message", self.heard)
        self.add_event_handler("failed_all_auth", lambda _: sys.exit("not let in"))

    async def start(self, _):
        self.send_presence()
        await self.get_roster()
        print("ready", flush=True)
        # Held here: the loop itself keeps only a weak reference to a task.
        self.obeying = asyncio.ensure_future(self.obey())

    async def obey(self):
        reader = asyncio.StreamReader()
        await asyncio.get_event_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            self.say(json.loads(line))

    def say(self, wish):
        message = self.make_message(mto=wish["to"], mtype=wish["type"], mbody=wish["body"], msubject=wish.get("subject"))
        if "thread" in wish:
            message["thread"] = wish["thread"]
        message.send()

    def heard(self, message):
        if not message["body"]:
            return
        print(
            json.dumps(
                {
                    "from": message["from"].bare,
                    "type": message["type"],
                    "subject": message["subject"],
                    "body": message["body"],
                    "thread": message["thread"],
                }
            ),
            flush=True,
        )


address, password, port = sys.argv[1:4]
peer = Peer(address, password)
peer.connect(("127.0.0.1", int(port)), use_ssl=False, force_starttls=False, disable_starttls=True)
peer.process(forever=True)
