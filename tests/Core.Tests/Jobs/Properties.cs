using FsCheck;
using FsCheck.Fluent;

namespace Chronos.Core.Tests.Jobs;

/// <summary>Checks that something holds for many generated values; the same values in each run.</summary>
internal static class Properties
{
    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithReplay(20_260_301UL, 7UL);

    public static void Hold<T>(Gen<T> values, Func<T, bool> property, int tests = 500) =>
        Prop.ForAll(values.ToArbitrary(), property).Check(Fixed.WithMaxTest(tests));
}
