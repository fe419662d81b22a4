"""The pages of controlled documents."""

from django.core.files.uploadedfile import SimpleUploadedFile

from packline.resources.models import DocumentRevision


def test_a_document_comes_into_force_on_its_page(client, people):
    people.approver.set_password("a password")
    people.approver.save()

    def act(person, verb, **told):
        client.force_login(person)
        return client.post(f"/documents/WI/1/do/{verb}/", told, follow=True).content.decode()

    client.force_login(people.engineer)
    client.post("/documents/register/", {"code": "WI/1", "title": "<i>Welding</i>"})
    assert "&lt;i&gt;Welding" in client.get("/documents/").content.decode()
    file = SimpleUploadedFile("wi.txt", b"weld it")
    assert "WI/1@1 is a draft" in act(people.engineer, "draft", file=file, change="first")
    assert "is in review" in act(people.engineer, "submit")
    assert "not your password" in act(people.approver, "approve", password="x")
    assert "is in force" in act(people.approver, "approve", password="a password")
    assert "You have read and understood WI/1@1" in act(people.operator, "read")
    assert client.get("/documents/WI/1/revisions/1/").content == b"weld it"
    assert "may not resources.withdraw_document" in act(people.operator, "withdraw", reason="x")
    assert DocumentRevision.objects.get().state == "effective"
    client.force_login(people.customer)
    for url in ("/documents/", "/documents/WI/1/", "/documents/WI/1/revisions/1/"):
        assert client.get(url).status_code == 404
