"""Reports that do something."""


def _add(night, before, more):
    night.change_files = lambda files: files.update(
        {"report.html": files["report.html"].replace(before, more + before)}
    )


def it_has_a_script(night):
    """tags or attributes that a page which only shows does not need"""
    _add(night, b"</body>", b"<script>1</script>")


def it_has_a_handler(night):
    """tags or attributes that a page which only shows does not need"""
    _add(night, b"</body>", b"<p onclick='x()'>A night.</p>")


def it_fetches_a_picture(night):
    """tags or attributes that a page which only shows does not need"""
    _add(night, b"</body>", b"<img src='//elsewhere/x.png'>")


def it_fetches_a_style(night):
    """tags or attributes that a page which only shows does not need"""
    _add(night, b"</head>", b"<style>p { background: URL (https:x) }</style>")


def it_goes_elsewhere_by_itself(night):
    """tags or attributes that a page which only shows does not need"""
    _add(night, b"</head>", b"<meta http-equiv='refresh' content='0; url=/'>")


def it_has_a_link(night):
    """tags or attributes that a page which only shows does not need"""
    _add(night, b"</body>", b"<a href='https://elsewhere'>more</a>")


def a_chart_uses_a_picture_from_elsewhere(night):
    """tags or attributes that a page which only shows does not need"""
    _add(night, b"</svg>", b"<use xlink:href='https://elsewhere/#x'></use>")


def a_comment_holds_something(night):
    """tags or attributes that a page which only shows does not need"""
    _add(night, b"</body>", b"<!-- ann has debts -->")
