import time
import pytest
from tests.isolation.crawl import Crawl, Thrift
from tests.smtp_sink import Sink
from maagal.config import settings
from tests.guards.world import INSIDERS, STRANGERS

@pytest.fixture(scope="module")
def sink(told):
    caught = Sink().start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAIL_URL", caught.url)
        settings.cache_clear()
        yield caught
    caught.stop()
    settings.cache_clear()

def test_it(house, cages, sink):
    here, *others = cages.values()
    t=time.time()
    crawl = Crawl(house, here, others, sink, Thrift())
    people = [n[0] for n in INSIDERS.values()] + ["gali","tamar",None]
    clients = [crawl.enter(n) for n in people]
    crawl.settle()
    here.schema.keep()
    for r in here.schema.rows("outbox"):
        if r["state"] in ("pending","handed","claimed") and r["name"]!="x" : print(r["kind"],r["name"],r["state"],r["due_at"],r["error"],r["attempts"])

    f = crawl.found
    print("ready", time.time()-t)
    for c in clients:
        t=time.time(); n=f.asked
        crawl.walk(c)
        print(c.who, f.asked-n, time.time()-t, f.letters)
    for what in ("leaks","broken","unlike","pale"):
        print("==", what, len(getattr(f,what)))
        for x in sorted(getattr(f,what))[:60]: print("  ", x[:400])
    every = {(m, r.endpoint) for r in house.url_map.iter_rules() for m in r.methods if m in ("GET","POST")}
    from collections import Counter
    for x,n in Counter(l.message["Subject"] for l in sink.caught).most_common(10): print(n,x)
    for k in sorted(every - f.reached): print(k, crawl.statuses[k])
    import re
    for k in sorted(every - f.reached):
        if k[1] in crawl.bad:
            a,fl,t=crawl.bad[k[1]]; print("BAD",k,a,fl); print(re.findall(r'<[^>]*class="[^"]*(?:error|refus|problem|alert)[^"]*"[^>]*>.{0,200}',t,re.S)[:4])
    print("unreached", sorted(every - f.reached))
