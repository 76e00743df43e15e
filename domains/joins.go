package domains

import (
	"sync"

	"kakehashi/domains/groups"
	"kakehashi/domains/groups/town"
	"kakehashi/domains/offices/city"
	"kakehashi/domains/people"
	"kakehashi/domains/places"
	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/money/pay"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/programmes"
	"kakehashi/engines/geo"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// ageToBook is from which age a person may book a room on their own.
const ageToBook = 18

// mayBookAlone lets everybody but children book for themselves; an unknown age
// is an adult's, since only those who came through a guardian are known to be
// children. A birth date is sealed, so who was found to be an adult is
// remembered until something about the person changes.
func mayBookAlone(d *db.DB, p *people.People) func(tx *db.Tx, person db.ID) error {
	var adults known
	return func(tx *db.Tx, person db.ID) error {
		version := d.Version("person:" + person.String())
		if adults.is(person, version) {
			return nil
		}
		age, err := p.PersonAge(tx, person)
		switch {
		case err != nil:
			return err
		case age >= 0 && age < ageToBook:
			return fault.New(fault.Denied, "reservation.error.child")
		}
		adults.add(person, version)
		return nil
	}
}

// known remembers for whom something was true at a version of their data.
type known struct {
	mu  sync.RWMutex
	ids map[db.ID]uint64
}

// mostKnown bounds what known keeps; it starts afresh when it is full.
const mostKnown = 10_000

func (k *known) is(id db.ID, version uint64) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	at, ok := k.ids[id]
	return ok && at == version
}

func (k *known) add(id db.ID, version uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ids == nil || len(k.ids) >= mostKnown {
		k.ids = make(map[db.ID]uint64)
	}
	k.ids[id] = version
}

// lendingProgrammes are the programmes that lending a facility can belong to.
func lendingProgrammes(p *programmes.Programmes) func(tx *db.Tx) ([]places.Programme, error) {
	return func(tx *db.Tx) ([]places.Programme, error) {
		all, err := p.Choices(tx)
		out := make([]places.Programme, len(all))
		for i, c := range all {
			out[i] = places.Programme{ID: c.ID, Name: c.Name}
		}
		return out, err
	}
}

// cityName is the city as it signs its papers.
func cityName(tx *db.Tx) (i18n.Text, error) {
	c, err := city.Get(tx)
	return c.Name, err
}

// towns are the towns of the city for a menu.
func towns(*db.Tx) ([]places.Town, error) {
	all := town.Kawaguchi()
	out := make([]places.Town, len(all))
	for i, t := range all {
		out[i] = places.Town{Name: t.Name, Lat: t.Lat, Lng: t.Lng}
	}
	return out, nil
}

// townDistance is how far two towns are from each other.
func townDistance(a, b string) (metres int64, ok bool) {
	from, ok1 := town.Find(a)
	to, ok2 := town.Find(b)
	if !ok1 || !ok2 {
		return 0, false
	}
	return int64(geo.Metres(from.Lat, from.Lng, to.Lat, to.Lng)), true
}

// actions are the bulk actions of all modules.
func actions(modules []module.Module) *inbox.Actions {
	var all []inbox.Action
	for _, m := range modules {
		all = append(all, m.Inbox...)
	}
	out, err := inbox.NewActions(all...)
	if err != nil {
		panic("domains: " + err.Error()) // two modules brought the same action
	}
	return out
}

// personal is what all modules hold about a person.
func personal(modules []module.Module) []module.Personal {
	var all []module.Personal
	for _, m := range modules {
		all = append(all, m.Personal...)
	}
	return all
}

// scopes knows what posts are held for: groups, offices and districts from one
// module, programmes from another.
type scopes struct {
	groups     *groups.Groups
	programmes *programmes.Programmes
}

// ScopeName names what a post is held for.
func (s scopes) ScopeName(tx *db.Tx, scope web.Scope) (i18n.Text, error) {
	if scope.Kind != "programme" {
		return s.groups.ScopeName(tx, scope)
	}
	name, err := s.programmes.Name(tx, scope.ID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return name, err
}

// Scopes lists what a post of the kind may be given for.
func (s scopes) Scopes(tx *db.Tx, kind string) ([]web.Scope, error) {
	if kind != "programme" {
		return s.groups.Scopes(tx, kind)
	}
	all, err := s.programmes.Choices(tx)
	out := make([]web.Scope, len(all))
	for i, c := range all {
		out[i] = web.Scope{Kind: kind, ID: c.ID}
	}
	return out, err
}

// GroupsOf lists the groups that the person belongs to.
func (s scopes) GroupsOf(tx *db.Tx, who db.ID) ([]web.Scope, error) {
	return s.groups.GroupsOf(tx, who)
}

// holders returns whoever books as rules see them: a group with the share of
// its members who live, work or learn here, or a person alone with where they
// live; who has not said so counts as one of the city. It is asked for every
// booking, so it is remembered until something about them changes.
func holders(d *db.DB, g *groups.Groups, p *people.People) func(tx *db.Tx, group, person db.ID) (rules.Who, error) {
	var seen holderCache
	return func(tx *db.Tx, group, person db.ID) (rules.Who, error) {
		id, topic := group, groups.Topic
		if group == 0 {
			id, topic = person, "person:"+person.String()
		}
		version := d.Version(topic)
		if who, ok := seen.get(id, version); ok {
			return who, nil
		}
		who := rules.Who{Holder: id, Resident: true}
		if group != 0 {
			s, err := g.Share(tx, group)
			if err != nil {
				return who, err
			}
			who.Kind, who.Members, who.Percent, who.Resident = s.Kind, s.Members, s.Percent, s.Resident
		} else {
			name, err := p.PersonTown(tx, person)
			if err != nil {
				return who, err
			}
			if name != "" {
				_, who.Resident = town.Find(name)
			}
		}
		seen.put(id, version, who)
		return who, nil
	}
}

// holderCache keeps holders at a version of their data, at most mostKnown.
type holderCache struct {
	mu  sync.RWMutex
	all map[db.ID]heldWho
}

type heldWho struct {
	rules.Who
	version uint64
}

func (c *holderCache) get(id db.ID, version uint64) (rules.Who, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	at, ok := c.all[id]
	return at.Who, ok && at.version == version
}

func (c *holderCache) put(id db.ID, version uint64, who rules.Who) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil || len(c.all) >= mostKnown {
		c.all = make(map[db.ID]heldWho)
	}
	c.all[id] = heldWho{who, version}
}

// onlinePayment is who takes payments online; nil without the operator's keys.
func onlinePayment(s Settings) pay.Provider {
	if p := pay.NewStripe(s.Stripe, s.StripeWebhook, ""); p != nil {
		return p
	}
	return nil
}

// overlaps finds groups that share members, as draws ask for them.
func overlaps(g *groups.Groups) func(tx *db.Tx, ids []db.ID, percent int) ([]draws.Overlap, error) {
	return func(tx *db.Tx, ids []db.ID, percent int) ([]draws.Overlap, error) {
		all, err := g.Overlap(tx, ids, percent)
		out := make([]draws.Overlap, len(all))
		for i, o := range all {
			out[i] = draws.Overlap(o)
		}
		return out, err
	}
}
