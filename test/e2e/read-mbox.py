"""Reads an mbox file as any mail program would, and prints what it understood as JSON."""

import email.policy
import json
import mailbox
import sys
from email import message_from_bytes


def parts(message):
    body = message.get_body(preferencelist=("plain",))
    return {
        "from": str(message["From"]),
        "to": str(message["To"]),
        "cc": str(message["Cc"] or ""),
        "subject": str(message["Subject"]),
        "date": message["Date"].datetime.isoformat(),
        "id": str(message["Message-ID"]),
        "inReplyTo": str(message["In-Reply-To"] or ""),
        "references": str(message["References"] or ""),
        "body": body.get_content() if body else "",
        "files": [
            {"name": a.get_filename(), "bytes": len(a.get_payload(decode=True))}
            for a in message.iter_attachments()
        ],
        "defects": [str(d) for d in message.defects],
    }


box = mailbox.mbox(sys.argv[1])
read = [message_from_bytes(m.as_bytes(), policy=email.policy.default) for m in box]
json.dump([parts(m) for m in read], sys.stdout)
