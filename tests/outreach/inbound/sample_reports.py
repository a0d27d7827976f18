"""Reports as mail servers and mailbox providers send them."""

from __future__ import annotations

BOUNCE = """\
From: MAILER-DAEMON@mx.example.net
To: bounces@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

Your mail could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 30 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; ada@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <ada@example.com>: no such user

--b1
Content-Type: {kind}

Return-Path: <bounces@example.org>
From: Sizzle <sizzle@example.org>
To: ada@example.com
Message-ID: {message_id}
Subject: Tonight

Hello
--b1--
"""
COMPLAINT = """\
From: feedback@provider.example
To: abuse@example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="f"

--f
Content-Type: text/plain

This is a complaint.

--f
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1
Original-Rcpt-To: ada@example.com

--f
Content-Type: text/rfc822-headers

From: sizzle@example.org
Message-Id: {message_id}
Subject: Tonight

--f--
"""


def bounce(
    message_id: str,
    status: str = "5.1.1",
    action: str = "failed",
    kind: str = "message/rfc822",
) -> bytes:
    """A bounce by RFC 3464, with CRLF as mails have it."""
    text = BOUNCE.format(message_id=message_id, status=status, action=action, kind=kind)
    return text.replace("\n", "\r\n").encode()


def complaint(message_id: str) -> bytes:
    """A complaint by RFC 5965."""
    return COMPLAINT.format(message_id=message_id).encode()


EXIM_TEXT = """\
From: Mail Delivery System <Mailer-Daemon@mx.example.net>
X-Failed-Recipients: ada@example.com
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender
Content-Type: text/plain

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.com
    host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<ada@example.com>:
    {reply}

------ This is a copy of the message, including all the headers. ------

Return-path: <bounces@example.org>
Message-Id: {message_id}
Subject: Tonight

Hello
"""
