using Chronos.Storage.PostgreSql;
using Xunit;

namespace Chronos.Integration.Tests.PostgreSql;

public sealed class PostgreSqlDefaultsTests
{
    [Fact]
    public void Connecting_WithoutTimes_WaitsNoLongerThanALeaseAllows()
    {
        var connecting = PostgreSqlDatabase.Connecting(new() { ConnectionString = "Host=h1,h2" });

        Assert.Equal(5, connecting.Timeout);
        Assert.Equal(15, connecting.CommandTimeout);
        Assert.Equal(1, connecting.HostRecheckSeconds); // or a server that failed once is left alone
    }

    [Fact]
    public void Connecting_WithTimes_KeepsThem()
    {
        var connecting = PostgreSqlDatabase.Connecting(
            new() { ConnectionString = "Host=h1;Timeout=3;Command Timeout=40" });

        Assert.Equal(3, connecting.Timeout);
        Assert.Equal(40, connecting.CommandTimeout);
    }
}
