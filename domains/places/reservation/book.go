package reservation

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation/cells"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/receipt"
)

// Topic is touched by every change of any reservation.
const Topic = "reservations"

// Neighbours are what reservations need of other modules.
type Neighbours struct {
	// GroupMayBook says whether the group's registration lets it book, or
	// returns the fault that tells why not.
	GroupMayBook func(tx *db.Tx, group db.ID, on jp.Date) error
	// GroupName and PersonName are for lists and mails.
	GroupName  func(tx *db.Tx, group db.ID) (i18n.Text, error)
	PersonName func(tx *db.Tx, person db.ID) (string, error)
	Recorder   Recorder
	// GroupsOf lists the groups for which the person may book.
	GroupsOf func(tx *db.Tx, person db.ID) ([]db.ID, error)
	// MayAlone says whether the person may book for themselves, or returns the
	// fault that tells why not: a child.
	MayAlone func(tx *db.Tx, person db.ID) error
	// Limits returns what the city's rules say of one wish for the room, or the
	// fault that says why its holder may not book at all; nil: Service.Limits
	// for every wish. It is asked within a write too, so it answers from memory.
	Limits func(tx *db.Tx, r Reservation, room facility.Room) (Limits, error)
	// Ahead is how many days ahead the rules let anybody book; nil: HorizonDays.
	// It is asked within a transaction, and answers from memory.
	Ahead func() int
	// Search finds what is free near a time that is taken; nil offers nothing.
	Search *search.Service
}

// Recorder keeps the Activity of a finished reservation, and takes it out again
// when nobody came after all.
type Recorder interface {
	module.Recorder
	DropActivity(tx *db.Tx, source db.ID) error
}

// Service books, changes and cancels.
type Service struct {
	deps   module.Deps
	near   Neighbours
	limits Limits
	rooms  roomCache

	followers []Follower
	heir      Heir // nil: what is given back is free at once
}

// New returns the service; it does no I/O.
func New(deps module.Deps, near Neighbours) *Service {
	return &Service{deps: deps, near: near, limits: DefaultLimits}
}

// known is a room with what a decision needs to know of its facility.
type known struct {
	facility.Room
	office    db.ID
	programme db.ID
	place     i18n.Text // name of the facility
	address   string
	town      string
	phone     string
	closures  []facility.Closure

	counterOpens, counterCloses int // minutes after midnight; -1 where unknown
}

// roomCache keeps rooms until a facility changes.
type roomCache struct {
	mu      sync.RWMutex
	version uint64
	rooms   map[db.ID]*known
}

// room returns the room, from memory while the topic "places" is untouched.
func (s *Service) room(tx *db.Tx, id db.ID) (*known, error) {
	version := s.deps.DB.Version(facility.Topic)
	s.rooms.mu.RLock()
	k, ok := s.rooms.rooms[id]
	ok = ok && s.rooms.version == version
	s.rooms.mu.RUnlock()
	if ok {
		return k, nil
	}
	return s.learn(tx, id, version)
}

// firm is room for a transaction that takes or gives back its time: how the
// rooms stand to one another stays until it ends (docs/adr/room-time.md).
func (s *Service) firm(tx *db.Tx, id db.ID) (*known, error) {
	layout, err := facility.HoldLayout(tx, id)
	if err != nil {
		return nil, err
	}
	k, err := s.room(tx, id)
	if err == nil && k.Layout != layout {
		k, err = s.learn(tx, id, s.deps.DB.Version(facility.Topic))
	}
	return k, err
}

// learn reads the room, and keeps it until the topic is another version.
func (s *Service) learn(tx *db.Tx, id db.ID, version uint64) (*known, error) {
	r, err := facility.GetRoom(tx, id)
	if err != nil {
		return nil, err
	}
	k := &known{Room: r}
	if k.closures, err = facility.Closures(tx, r.Facility); err != nil {
		return nil, err
	}
	f, err := facility.Get(tx, r.Facility)
	if err != nil {
		return nil, err
	}
	k.programme = f.Programme
	k.office, k.place, k.address, k.phone = f.Office, f.Name, f.Address, f.Phone
	k.counterOpens, k.counterCloses = f.Opens, f.Closes
	k.town, k.Closed = f.Town, k.Closed || f.Closed
	s.rooms.mu.Lock()
	defer s.rooms.mu.Unlock()
	if s.rooms.rooms == nil || s.rooms.version != version {
		s.rooms.rooms, s.rooms.version = make(map[db.ID]*known), version
	}
	s.rooms.rooms[id] = k
	return k, nil
}

// Clash is the cause of the Conflict that Book and Change return when somebody
// was first: what was wished, for finding alternatives.
type Clash struct {
	Room db.ID
	Span quarter.Span
}

// Error says which room was taken when.
func (t *Clash) Error() string {
	return "room " + t.Room.String() + " is taken at " + t.Span.Start.String()
}

// AsClash returns the Clash in err's chain.
func AsClash(err error) (*Clash, bool) {
	var t *Clash
	return t, errors.As(err, &t)
}

func taken(r Reservation) error {
	return fault.New(fault.Conflict, "reservation.error.taken").Because(&Clash{Room: r.Room, Span: r.Span})
}

// Book takes the room for r: Room, Span, Person, Headcount and Purpose are
// needed, Group, Programme, PublicTitle and Series may be given; everything
// else is set here. Whether the actor may book for the person and group is the
// caller's to know: each of may is asked in the read that looks first. It returns Invalid with the fields that cannot be used, or
// Conflict with a Clash when somebody was first.
//
// Most wishes in a rush are refused, so a read looks before the write decides.
func (s *Service) Book(ctx context.Context, actor db.Actor, r Reservation, may ...func(tx *db.Tx) error) (_ Reservation, err error) {
	defer fault.Wrap(&err, "Book(room %v, %v)", r.Room, r.Span.Start)
	var k *known
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if k, err = s.room(tx, r.Room); err != nil {
			return err
		}
		for _, ask := range may {
			if err := ask(tx); err != nil {
				return err
			}
		}
		// In a rush nearly all are refused for this, and rules cost more to ask.
		if possible(r) {
			if ok, err := cells.Free(tx, k.Cells(r.Loud), r.Span); err != nil {
				return err
			} else if !ok && r.Span.Start.After(tx.Now) {
				return taken(r)
			}
		}
		l, err := s.limitsFor(tx, r, k)
		if err != nil {
			return err
		}
		if err := l.Check(r, k.Room, k.closures, tx.Now); err != nil {
			return err
		}
		if err := k.bears(r); err != nil {
			return err
		}
		if r.Group != 0 && s.near.GroupMayBook != nil {
			return s.near.GroupMayBook(tx, r.Group, r.Day())
		}
		return nil
	})
	if err != nil {
		return Reservation{}, err
	}
	r = s.fresh(actor, r, k)
	note, err := s.message(kindFor(r.State), r, k)
	if err != nil {
		return Reservation{}, err
	}
	err = s.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		r.MadeAt, r.ChangedAt = tx.Now, tx.Now
		now, err := s.firm(tx, r.Room) // its parts may have changed since the read
		if err != nil {
			return err
		}
		return s.book(tx, r, now, note)
	})
	if db.IsUnique(err) { // the receipt: draw again
		return s.Book(ctx, actor, r, may...)
	}
	return r, err
}

// possible reports whether the span is one that days can be counted of: whole
// quarters, and not too many.
func possible(r Reservation) bool {
	return r.Span.Whole() && r.Span.End.Sub(r.Span.Start) <= LongestDays*24*time.Hour
}

// fresh fills in what a new reservation is given by the room and the actor.
func (s *Service) fresh(actor db.Actor, r Reservation, k *known) Reservation {
	r.ID, r.Version, r.Receipt, r.State = db.NewID(), 1, receipt.New(), Confirmed
	r.MadeBy, r.Office, r.Kind = actor.Person, k.office, ForUse
	if r.Programme == 0 {
		r.Programme = k.programme
	}
	if k.Approval {
		r.State = Requested
	}
	return r
}

// book writes a reservation whose wish has been checked.
func (s *Service) book(tx *db.Tx, r Reservation, k *known, note deliver.Message) error {
	if ok, err := cells.Take(tx, k.rows(r)); err != nil {
		return err
	} else if !ok {
		return taken(r)
	}
	if err := s.countIn(tx, r, k, jp.Date{}); err != nil {
		return err
	}
	if err := s.enter(tx, r, k); err != nil {
		return err
	}
	if err := audit.Record(tx, audit.Entry{Action: "reservation.book", Subject: "reservation", ID: r.ID, Person: r.Person}); err != nil {
		return err
	}
	tx.Touch(Topic, RoomTopic(r.Room))
	return s.send(tx, note)
}

// enter writes a new reservation whose time is taken, lets it wait where a clerk
// decides, and tells the followers.
func (s *Service) enter(tx *db.Tx, r Reservation, k *known) error {
	if err := insert(tx, r); err != nil {
		return err
	}
	if r.State == Requested {
		if err := s.ask(tx, r, k); err != nil {
			return err
		}
	}
	return s.follow(tx, Reservation{}, r)
}

// rows are the cells' days that the reservation takes of the room.
func (k *known) rows(r Reservation) []cells.Row { return cells.Rows(k.Cells(r.Loud), r.Span) }

// bears says no to loud use of a room that is not for it.
func (k *known) bears(r Reservation) error {
	var c fault.Check
	c.Field(!r.Loud || k.Loud, "loud", "reservation.error.loud")
	return c.Err()
}

// ask lets a requested reservation wait for its office, two working days.
func (s *Service) ask(tx *db.Tx, r Reservation, k *known) error {
	who, err := s.who(tx, r)
	if err != nil {
		return err
	}
	return inbox.Open(tx, inbox.Item{
		Office: r.Office, Kind: InboxKind, Subject: r.ID, Key: "reservation.waiting",
		Args: map[string]string{"room": k.Name[i18n.Ja], "receipt": r.Receipt, "day": r.Day().String(), "who": who},
		Due:  jp.WorkingDays(jp.DateOf(tx.Now), 2), Link: "/office/reservations/" + r.ID.String(),
	})
}

// who names the group or person that a reservation is for, as a clerk looks for
// them; "" where nobody can say.
func (s *Service) who(tx *db.Tx, r Reservation) (string, error) {
	switch {
	case r.Group != 0 && s.near.GroupName != nil:
		name, err := s.near.GroupName(tx, r.Group)
		shown, _ := name.Pick(i18n.Ja)
		return shown, err
	case r.Group == 0 && s.near.PersonName != nil:
		return s.near.PersonName(tx, r.Person)
	}
	return "", nil
}

// InboxKind is what a requested reservation waits as.
//
//i18n:uses reservation.inbox.*
const InboxKind = "reservation.request"

// RoomTopic is touched when a reservation of the room changes.
func RoomTopic(room db.ID) string { return "room:" + room.String() }

// Notice is what a message about a reservation is rendered from.
type Notice struct {
	ID        db.ID     `json:"id"`
	Receipt   string    `json:"receipt"`
	Room      i18n.Text `json:"room"`
	Place     i18n.Text `json:"place"`
	Address   string    `json:"address"`
	Phone     string    `json:"phone"`
	Start     int64     `json:"start"` // microseconds UTC
	End       int64     `json:"end"`
	Purpose   string    `json:"purpose"`
	Headcount int64     `json:"headcount"`
	Sequence  int64     `json:"sequence"` // version - 1, for iCalendar
	Reason    string    `json:"reason,omitempty"`
	More      []Slot    `json:"more,omitempty"`    // the others of a series
	Skipped   []Skip    `json:"skipped,omitempty"` // what a series could not have
	Until     int64     `json:"until,omitempty"`   // of an offer
	Near      []Instead `json:"near,omitempty"`    // what could be had instead of a displaced one
}

// Instead is a free time that a Notice offers.
type Instead struct {
	Room  i18n.Text `json:"room"`
	Place i18n.Text `json:"place"`
	Start int64     `json:"start"`
	End   int64     `json:"end"`
	Path  string    `json:"path"` // where it is booked
}

// Slot is one more reservation that a Notice tells of.
type Slot struct {
	ID       db.ID  `json:"id"`
	Receipt  string `json:"receipt"`
	Start    int64  `json:"start"`
	End      int64  `json:"end"`
	Sequence int64  `json:"sequence"`

	Room i18n.Text `json:"room,omitempty"` // where it is another than the Notice's
}

// kindFor names the message that tells of a new state.
func kindFor(s State) string {
	switch s {
	case Requested:
		return "places.requested"
	case Refused:
		return "places.refused"
	case Cancelled:
		return "places.cancelled"
	case Lapsed:
		return "places.lapsed"
	case Offered:
		return "places.offered"
	}
	return "places.reserved"
}

// message prepares what the person is told, before the transaction begins.
func (s *Service) message(kind string, r Reservation, k *known) (deliver.Message, error) {
	return noticeOf(r, k).message(kind, r)
}

func (n Notice) message(kind string, r Reservation) (deliver.Message, error) {
	b, err := json.Marshal(n)
	return deliver.Message{To: r.Person, Kind: kind, Data: json.RawMessage(b), Office: r.Office}, err
}

// send tells the person, where there is one.
func (s *Service) send(tx *db.Tx, note deliver.Message) error {
	if note.To == 0 {
		return nil
	}
	return s.deps.Deliver.Send(tx, note)
}

func noticeOf(r Reservation, k *known) Notice {
	return Notice{
		ID: r.ID, Receipt: r.Receipt, Room: k.Name, Place: k.place, Address: k.address, Phone: k.phone,
		Start: db.Micros(r.Span.Start), End: db.Micros(r.Span.End), Purpose: r.Purpose, Headcount: r.Headcount,
		Sequence: r.Version - 1, Reason: r.Reason, Until: db.Micros(r.Due),
	}
}

// SetLimits changes what may be booked, before the service is used.
func (s *Service) SetLimits(l Limits) { s.limits = l }

// Limits returns what may be booked, whatever the wish.
func (s *Service) Limits() Limits {
	l := s.limits
	if s.near.Ahead != nil {
		l.HorizonDays = s.near.Ahead()
	}
	return l
}

// Notice returns what a message about the reservation, or its entry in a
// calendar, is made from.
func (s *Service) Notice(tx *db.Tx, r Reservation) (Notice, error) {
	k, err := s.room(tx, r.Room)
	if err != nil {
		return Notice{}, err
	}
	return noticeOf(r, k), nil
}

// ErrChild is what Neighbours.MayAlone returns for who is too young to book
// alone.
func ErrChild() error { return fault.New(fault.Denied, "reservation.error.child") }
