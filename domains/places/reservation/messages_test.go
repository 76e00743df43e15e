package reservation_test

import (
	"testing"

	"kakehashi/domains/places/reservation"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "reservation", reservation.Messages().FS)
	i18ntest.Keys(t, reservation.Messages(), ".")
}
