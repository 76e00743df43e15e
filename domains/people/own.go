package people

import (
	"context"

	"kakehashi/domains/people/mydata"
	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// own is what this module itself holds about a person. Erasing it is the last
// step of erasing everything, which mydata takes.
func (p *People) own() module.Personal {
	return module.Personal{Title: "people.personal.title", Export: p.export}
}

func (p *People) export(tx *db.Tx, loc *i18n.Localizer, who db.ID) (out []module.Record, err error) {
	defer fault.Wrap(&err, "people.export(%v)", who)
	me, err := p.Reveal(tx, who)
	if err != nil {
		return nil, err
	}
	out = append(out, aboutPerson(loc, &me))
	for _, add := range []func(*db.Tx, *i18n.Localizer, db.ID) ([]module.Record, error){p.aboutPosts, p.aboutFamily, p.aboutWishes, p.aboutWaysIn} {
		records, err := add(tx, loc, who)
		if err != nil {
			return nil, err
		}
		out = append(out, records...)
	}
	return out, nil
}

// record collects labelled values and leaves out what is empty.
type record struct {
	loc *i18n.Localizer
	module.Record
}

func newRecord(loc *i18n.Localizer, title string) *record {
	return &record{loc: loc, Record: module.Record{Title: loc.T(title)}}
}

func (r *record) add(label, value string) {
	if value != "" {
		r.Values = append(r.Values, module.Value{Label: r.loc.T(label), Value: value})
	}
}

func aboutPerson(loc *i18n.Localizer, p *person.Person) module.Record {
	r := &record{loc: loc}
	r.add("people.field.name", p.Name)
	r.add("people.field.kana", p.Kana)
	r.add("people.field.roman", p.Roman)
	r.add("people.field.alias", p.Alias)
	if !p.Birth.IsZero() {
		r.add("people.field.birth", loc.DateLong(p.Birth))
	}
	r.add("people.field.phone", p.Phone)
	r.add("people.field.mail", p.Mail)
	r.add("people.field.town", p.Town)
	r.add("people.field.address", p.Address)
	names := make([]string, len(p.Langs))
	for i, l := range p.Langs {
		names[i] = l.Name()
	}
	r.add("people.languages.title", loc.List(names))
	for _, aid := range []struct {
		on  bool
		key string
	}{{p.Aids.Furigana, "people.aids.furigana"}, {p.Aids.Contrast, "people.aids.contrast"}, {p.Aids.Calm, "people.aids.calm"}, {p.Aids.Paper, "people.field.paper"}} {
		if aid.on {
			r.add(aid.key, loc.T("people.yes"))
		}
	}
	r.add("people.since", loc.DateLong(jp.DateOf(p.Created)))
	return r.Record
}

func (p *People) aboutPosts(tx *db.Tx, loc *i18n.Localizer, who db.ID) (out []module.Record, err error) {
	posts, err := p.Posts(tx, who)
	if err != nil {
		return nil, err
	}
	for _, post := range posts {
		label, err := person.PostLabel(tx, p.names, loc, post.Role, post.Scope)
		if err != nil {
			return nil, err
		}
		r := newRecord(loc, "people.post.role")
		r.Title = label
		r.add("people.post.since", loc.DateLong(post.Since))
		if !post.Until.IsZero() {
			r.add("people.post.until", loc.DateLong(post.Until))
		}
		r.add("people.reason", post.Reason)
		out = append(out, r.Record)
	}
	return out, nil
}

func (p *People) aboutFamily(tx *db.Tx, loc *i18n.Localizer, who db.ID) (out []module.Record, err error) {
	gs, children, err := p.Children(tx, who)
	if err != nil {
		return nil, err
	}
	for i, g := range gs {
		r := newRecord(loc, "people.family.children")
		r.add("people.field.name", children[i].Name)
		r.add("people.since", loc.DateLong(jp.DateOf(g.Consented)))
		out = append(out, r.Record)
	}
	over, err := p.Guardians(tx, who)
	if err != nil {
		return nil, err
	}
	for _, g := range over {
		adult, err := p.Get(tx, g.Guardian)
		if err != nil {
			return nil, err
		}
		r := newRecord(loc, "people.family.guardians")
		r.add("people.field.name", adult.Name)
		r.add("people.since", loc.DateLong(jp.DateOf(g.Consented)))
		out = append(out, r.Record)
	}
	return out, nil
}

func (p *People) aboutWishes(tx *db.Tx, loc *i18n.Localizer, who db.ID) (out []module.Record, err error) {
	wishes, err := p.ProxiesOf(tx, who)
	if err != nil {
		return nil, err
	}
	for _, w := range wishes {
		officer, err := p.Get(tx, w.Officer)
		if err != nil {
			return nil, err
		}
		r := newRecord(loc, "people.wishes.title")
		r.add("people.wishes.who", officer.Shown())
		r.add("people.wishes.until", loc.DateLong(w.Until))
		out = append(out, r.Record)
	}
	return out, nil
}

func (p *People) aboutWaysIn(tx *db.Tx, loc *i18n.Localizer, who db.ID) (out []module.Record, err error) {
	keys, err := p.signin.Passkeys(tx, who)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		r := newRecord(loc, "people.passkeys.title")
		r.add("people.passkeys.device", k.Label)
		r.add("people.since", loc.DateLong(jp.DateOf(k.Created)))
		out = append(out, r.Record)
	}
	services, err := p.signin.Identities(tx, who)
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		r := newRecord(loc, "people.services.title")
		r.add("people.services.issuer", s.Issuer)
		r.add("people.since", loc.DateLong(jp.DateOf(s.Created)))
		out = append(out, r.Record)
	}
	tokens, err := mydata.Tokens(tx, who)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		r := newRecord(loc, "people.tokens.title")
		r.add("people.token.label", t.Label)
		r.add("people.until", loc.DateLong(jp.DateOf(t.Expires)))
		out = append(out, r.Record)
	}
	return out, nil
}

// checkSealed proves that the key file opens every sealed value of a person.
func (p *People) checkSealed() module.Check {
	return module.Check{
		Name: "people.sealed", Help: "the key file opens every sealed birth date, phone, address and mail",
		Run: func(ctx context.Context, d module.Deps) (problems []string, err error) {
			store := person.NewStore(d.Keys)
			err = d.DB.Read(ctx, func(tx *db.Tx) error {
				return store.EachID(tx, func(id db.ID) error {
					if _, err := store.Reveal(tx, id); err != nil {
						problems = append(problems, "person "+id.String()+": "+err.Error())
					}
					return nil
				})
			})
			return problems, err
		},
	}
}
