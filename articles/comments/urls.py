"""Where the comment form is posted to.

Apart from the articles' addresses, because those know nothing of comments; config/urls.py puts the two together.
"""

from django.urls import path

from articles.comments import views

app_name = "comments"
urlpatterns = [path("articles/<slug:slug>/comments/", views.submit, name="submit")]
