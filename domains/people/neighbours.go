package people

import (
	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// The methods below speak in types of the platform alone, so that a neighbour
// can declare the few it needs as an interface of its own. Store has the rest.

// GivePost lets a person hold a role for a scope from one day to another, both
// included; a zero since is today, a zero until no end. The caller vouches that
// the actor may. It is Conflict when they hold it in that time already.
func (p *People) GivePost(tx *db.Tx, who db.ID, role web.Role, scope web.Scope, since, until jp.Date, reason string) (db.ID, error) {
	post, err := p.Give(tx, person.Post{Person: who, Role: role, Scope: scope, Since: since, Until: until, Reason: reason})
	return post.ID, err
}

// EndPost ends the posts of the role for the scope that the person holds or
// will hold, now, and returns how many there were.
func (p *People) EndPost(tx *db.Tx, who db.ID, role web.Role, scope web.Scope, reason string) (ended int, err error) {
	all, err := p.Posts(tx, who)
	if err != nil {
		return 0, err
	}
	today := person.Today(tx)
	for i := range all {
		if all[i].Role != role || all[i].Scope != scope || !all[i].EndedAt.IsZero() || !all[i].Until.IsZero() && all[i].Until.Before(today) {
			continue
		}
		if err := p.End(tx, all[i].ID, reason); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}

// HoldersOf returns who holds the role for the scope today, in the order in
// which they were given it.
func (p *People) HoldersOf(tx *db.Tx, role web.Role, scope web.Scope) ([]db.ID, error) {
	all, err := p.Holders(tx, role, scope)
	out := make([]db.ID, len(all))
	for i := range all {
		out[i] = all[i].Person
	}
	return out, err
}

// PersonName is the name others see; empty for who was closed.
func (p *People) PersonName(tx *db.Tx, who db.ID) (string, error) {
	one, err := p.Get(tx, who)
	return one.Shown(), err
}

// PersonNames are the names others see of many persons, in one turn; those who
// are not known, or were closed, are left out.
func (p *People) PersonNames(tx *db.Tx, who []db.ID) (map[db.ID]string, error) {
	return person.Names(tx, who)
}

// PersonLang is the language the person reads best.
func (p *People) PersonLang(tx *db.Tx, who db.ID) (i18n.Lang, error) {
	one, err := p.Get(tx, who)
	return one.Lang(), err
}

// PersonTown is where the person lives; empty when not known.
func (p *People) PersonTown(tx *db.Tx, who db.ID) (string, error) {
	one, err := p.Get(tx, who)
	return one.Town, err
}

// PersonAge is the person's age in years today, -1 when not known. It is for
// rules and counts; showing a birth date goes through Read.
func (p *People) PersonAge(tx *db.Tx, who db.ID) (int, error) {
	one, err := p.Reveal(tx, who)
	if err != nil || one.Birth.IsZero() {
		return -1, err
	}
	return one.Birth.Age(person.Today(tx)), nil
}

// AddPerson keeps a person without an account, as imports and desks do.
func (p *People) AddPerson(tx *db.Tx, name, kana, phone, mail, town string, lang i18n.Lang) (db.ID, error) {
	one, err := p.Create(tx, person.Person{
		Name: name, Kana: kana, Town: town, Langs: []i18n.Lang{lang},
		Private: person.Private{Phone: phone, Mail: mail},
	})
	return one.ID, err
}

// FindPerson looks for the one person who has the phone number or mail address;
// found is false when there is none, or several share it. A name finds nobody:
// two persons may have it.
func (p *People) FindPerson(tx *db.Tx, contact string) (who db.ID, found bool, err error) {
	if !person.IsContact(contact) {
		return 0, false, nil
	}
	f, err := p.Search(tx, contact, "")
	if err != nil || len(f.Persons) != 1 {
		return 0, false, err
	}
	return f.Persons[0].ID, true, nil
}
