"""The least that a WSGI app can do: answer as many bytes as the address says. What a page is compared with."""


def application(environ, start_response):
    size = int(environ["PATH_INFO"][1:] or 0)
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(size))])
    return [b"x" * size]
