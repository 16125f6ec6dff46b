"""Texts that nearly have a format: valid ones with a few characters put in, taken out or replaced."""
VALID = {
    "date": ["2024-02-29", "2023-02-28", "1999-12-31"],
    "time": ["14:22:35Z", "23:59:60Z", "00:00:00.123+01:30", "12:00:00-00:00"],
    "date-time": ["2024-01-31T14:22:35Z", "1998-12-31T23:59:60.5+00:00", "2024-02-29t01:02:03.1-12:34"],
    "duration": ["P1Y2M3DT4H5M6S", "P3W", "PT36H", "P1D", "P10M2D", "PT5M1S"],
    "email": [
        "joe.bloggs@example.com", '"joe bloggs"@example.com', "te~st@a-b.org", "user@[127.0.0.1]",
        "x@[IPv6:::1]",
    ],
    "idn-email": ["실례@실례.테스트", "joe@bücher.example", "a.b@c"],
    "hostname": ["www.example.com", "xn--4gbwdl.xn--wgbh1c", "a-b.c", "1host", "xn--bcher-kva.de"],
    "idn-hostname": ["bücher.example", "실례.테스트", "a。b", "l·l", "xn--bcher-kva", "مثال.a"],
    "ipv4": ["192.168.0.1", "255.255.255.255", "0.0.0.0"],
    "ipv6": ["::1", "2001:db8::ff00:42:8329", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::"],
    "uri": [
        "http://user:pw@example.com:80/a/b?c=d#e", "urn:isbn:123", "mailto:a@b.c", "http://[::1]:8/%41",
        "ftp://a", "http://[v1.a:b]/",
    ],
    "uri-reference": ["/a/b?c#d", "../x", "//host/p", "a:b", "?q", "#f", "a%20b"],
    "iri": ["http://ƒøø.ßår/?∂éœ=πîx#πîüx", "http://a/é"],
    "iri-reference": ["/âππ", "#ƒ", "a/é?ü"],
    "uri-template": ["http://e.com/{term:1}/{term}", "{+a,b*}{?q}", "/x{&y,z:12}", "a%20{b.c}"],
    "uuid": ["2eb8aa08-aa98-11ea-b4aa-73b441d16380", "00000000-0000-0000-0000-000000000000"],
    "json-pointer": ["/foo/bar~0/baz~1/%a", "", "/", "/a//b"],
    "relative-json-pointer": ["1", "0/foo/bar", "2/0/baz/1/zip", "0#"],
}
MARKS = ":/.-@%~#0129aZTzPx+[]{} _,\"'*é·。l\ue000\\"


def texts(chance, form, count):
    """So many texts, among them the valid ones."""
    pool = "".join(VALID[form]) * 3 + MARKS
    found = list(VALID[form])
    while len(found) < count:
        text = list(chance.choice(VALID[form]))
        for _ in range(chance.choice([1, 1, 2, 3])):
            place = chance.randrange(len(text) + 1)
            change = chance.choice(["put", "take", "replace"])
            if change != "put":
                del text[place:place + 1]
            if change != "take":
                text.insert(place, chance.choice(pool))
        found.append("".join(text))
    return found
