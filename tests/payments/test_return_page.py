def test_smoke(world):
    w = world.paid()
    print(world.ledger(), world.outbox(), world.events())
    w.come_back()
    print(w.text)
    world.send_mail()
    for m in world.mail.mails():
        print(m)
