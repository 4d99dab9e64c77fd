"""Reports of another night, or with other numbers."""


def _replace(night, before, after):
    def replace(files):
        assert before.encode() in files["report.html"]
        files["report.html"] = files["report.html"].replace(before.encode(), after.encode(), 1)

    night.change_files = replace


def it_is_of_the_night_before(night):
    """it shows another date than the set has"""
    _replace(night, "1 July 2024", "30 June 2024")


def it_is_of_another_deployment(night):
    """it shows another title than the set has"""
    _replace(night, "– drawn", "– other")


def it_says_that_more_get_an_offer(night):
    """it shows another totals than the set has"""
    _replace(night, "<b>3</b>", "<b>30</b>")


def a_chart_shows_another_count(night):
    """it shows another chart of statuses than the set has"""
    _replace(night, "<text>3</text>", "<text>4</text>")


def nobody_is_said_to_have_objected(night):
    """it shows another steps from all customers than the set has"""
    _replace(night, "1 objector", "0 objector")


def an_offer_is_worth_more(night):
    """it shows another table of what is sent than the set has"""
    _replace(night, "<td>21.00</td>", "<td>22.00</td>")


def a_limit_is_used_less(night):
    """it shows another limits than the set has"""
    _replace(night, "<td>5.2</td><td>5.2</td>", "<td>5.1</td><td>5.2</td>")


def a_reason_is_left_out(night):
    """it shows another reasons than the set has"""
    _replace(night, "<td>objector</td>", "<td>nothing</td>")


def the_plan_is_worth_more(night):
    """it shows another worth of the plan than the set has"""
    _replace(night, "this one is worth 20.50", "this one is worth 20.60")


def a_model_is_better_than_its_test(night):
    """it shows another models than the set has"""
    _replace(night, "<td>0.25</td>", "<td>0.15</td>")


def data_of_later_days_are_said_to_be_used(night):
    """it shows another last day than the set has"""
    _replace(night, "dated before 2024-07-01", "dated before 2024-07-02")


def it_lacks_a_table(night):
    """cannot be checked: ValueError"""
    _replace(night, "<td>Reason</td>", "<td>Why</td>")
