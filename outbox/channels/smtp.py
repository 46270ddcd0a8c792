"""SMTP on kept connections, with the last step marked before it is taken (RFC 5321, 2920, 3207)."""

import contextlib
import smtplib
import socket
import ssl

from outbox.channels import address, answers, dkim, xoauth2
from outbox.channels.account import Account
from outbox.channels.contract import Letter, Mark, Result
from outbox.channels.oauth import Denied, Tokens
from outbox.states import Gone

CONNECT = 30.0  # seconds to wait for a connection
REPLY = 60.0  # seconds to wait for an answer
FINAL = 240.0  # seconds to wait for the answer to the final dot


class Smtp:
    """A mail server and our account there."""

    def __init__(self, account: Account, host_name: str):
        self.account = account
        self.host_name = host_name
        self.name, self.connections = account.name, account.connections

    def connect(self) -> "SmtpConnection":
        return SmtpConnection(self.account, self.host_name)


class SmtpConnection:
    """One kept connection; it opens itself anew when the server has closed it in the meantime."""

    def __init__(self, account: Account, host_name: str):
        self.account = account
        self.host_name = host_name
        self.smtp: smtplib.SMTP | None = None

    def deliver(self, letter: Letter, mark: Mark) -> Result:
        kept = self.smtp is not None
        result = self._attempt(letter, mark)
        return self._attempt(letter, mark) if kept and result == STALE else result

    def close(self) -> None:
        if self.smtp:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.smtp.sock.settimeout(1)  # type: ignore[union-attr]
                self.smtp.quit()
        self._drop()

    def _attempt(self, letter: Letter, mark: Mark) -> Result:
        try:
            raw = self.account.sign(letter.raw) if self.account.sign else letter.raw
            smtp = self.open()
            refused = self._envelope(smtp, letter)
            if refused:
                return refused
            smtp.send(_stuffed(raw))
            mark()
        except Gone:
            self._drop()
            return Result("gone")
        except dkim.Unusable:
            return Result("sender", "DKIM")
        except Denied as denied:
            self._drop()
            return Result(denied.verdict, denied.code)
        except smtplib.SMTPResponseException as error:
            self._drop()
            return Result(answers.greeting(error), answers.code(error.smtp_code, error.smtp_error))
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            self._drop()
            return Result("sender", f"TLS: {type(error).__name__}")
        except address.Forbidden:
            return Result("sender", "address")
        except (OSError, smtplib.SMTPException):
            self._drop()
            return STALE
        return self._finish(smtp)

    def open(self) -> smtplib.SMTP:
        """Connect, agree on TLS and sign in, unless that is done; raises what goes wrong."""
        if self.smtp is None:
            self.smtp = self._connected()
            if self.account.tokens:
                self.smtp = self._shown(self.smtp, self.account.tokens)
            elif self.account.login:
                self.smtp.login(self.account.login, self.account.password)
        return self.smtp

    def _shown(self, smtp: smtplib.SMTP, tokens: Tokens) -> smtplib.SMTP:
        """Signed in with an access token; a second one, over a second connection, when the first is not taken."""
        token = tokens.access()
        try:
            xoauth2.sign_in(smtp, self.account.login, token)
        except xoauth2.TokenRefused:
            smtp.close()
            tokens.forget(token)
            smtp = self.smtp = self._connected()
            xoauth2.sign_in(smtp, self.account.login, tokens.access())
        return smtp

    def _connected(self) -> smtplib.SMTP:
        account, context = self.account, ssl.create_default_context()
        where, patience = (account.host, account.port, self.host_name), min(CONNECT, account.longest)
        if account.tls == "tls":
            smtp: smtplib.SMTP = address.Wrapped(*where, timeout=patience, context=context)
        else:
            smtp = address.Plain(*where, timeout=patience)
        assert smtp.sock
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.sock.settimeout(min(REPLY, account.longest))
        smtp.ehlo_or_helo_if_needed()
        if account.tls == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
        return smtp

    def _envelope(self, smtp: smtplib.SMTP, letter: Letter) -> Result | None:
        """Name sender and recipient, in one write where the server takes pipelines; the refusal, if there is one."""
        commands = [f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.address}>", "DATA"]
        if not smtp.has_extn("pipelining"):
            return self._one_by_one(smtp, commands)
        smtp.send("".join(f"{command}\r\n" for command in commands))
        mail, rcpt, data = smtp.getreply(), smtp.getreply(), smtp.getreply()
        if data[0] == 354 and mail[0] < 300 and rcpt[0] < 300:
            return None
        if data[0] == 354:
            self._drop()  # it would take an empty mail for the refused one
        return self._refusal(mail, rcpt, data)

    def _one_by_one(self, smtp: smtplib.SMTP, commands: list[str]) -> Result | None:
        replies = []
        for command in commands:
            smtp.send(f"{command}\r\n")
            replies.append(smtp.getreply())
            if replies[-1][0] >= 400:
                return self._refusal(*replies)
        return None

    def _refusal(self, *replies: tuple[int, bytes]) -> Result:
        step, (code, text) = next((step, reply) for step, reply in enumerate(replies) if reply[0] >= 400)
        if code == 421:
            self._drop()
        elif self.smtp:
            self.smtp.rset()
        return Result("sender" if step == 0 and code >= 500 else answers.verdict(code, text), answers.code(code, text))

    def _finish(self, smtp: smtplib.SMTP) -> Result:
        """The final dot; from here on silence means that nobody knows."""
        try:
            assert smtp.sock
            smtp.sock.settimeout(min(FINAL, self.account.longest))
            smtp.send(".\r\n")
            code, text = smtp.getreply()
            smtp.sock.settimeout(min(REPLY, self.account.longest))
        except (OSError, smtplib.SMTPException):
            self._drop()
            return Result("silent")
        if code == 421:
            self._drop()
        return Result("sent" if code < 300 else answers.verdict(code, text), answers.code(code, text))

    def _drop(self) -> None:
        if self.smtp:
            self.smtp.close()
        self.smtp = None


STALE = Result("cut")


def _stuffed(raw: bytes) -> bytes:
    body = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    body = body.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body
