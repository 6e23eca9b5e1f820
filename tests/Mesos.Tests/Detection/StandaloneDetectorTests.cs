using Chronos.Mesos.Detection;
using Chronos.Mesos.Http;
using Mesos.Tests.Client;
using Xunit;

namespace Mesos.Tests.Detection;

public sealed class StandaloneDetectorTests
{
    private static readonly MasterAddress Nobody = new("127.0.0.1", 1, UsesTls: false);

    [Fact]
    public async Task Detect_Several_FindsTheOneThatLeads()
    {
        await using var leader = await FakeMaster.StartAsync();
        await using var follower = await FakeMaster.StartAsync();
        follower.Intercept = async (context, _) =>
        {
            context.Response.Headers.Location = "//leader.invalid:5050/master/api/v1/scheduler";
            await FakeMaster.RefuseAsync(context, 307, "");
            return true;
        };

        Assert.Equal(leader.Address, await DetectAsync(Nobody, follower.Address, leader.Address));
    }

    [Fact]
    public async Task Detect_LeaderOutsideTheList_BelievesTheRedirect()
    {
        await using var follower = await FakeMaster.StartAsync();
        follower.Intercept = async (context, _) =>
        {
            context.Response.Headers.Location = "//10.0.0.9:5051/master/api/v1/scheduler";
            await FakeMaster.RefuseAsync(context, 307, "");
            return true;
        };

        Assert.Equal(new("10.0.0.9", 5051, UsesTls: false), await DetectAsync(Nobody, follower.Address));
    }

    [Fact]
    public async Task Detect_NoLeader_SaysWhatEachAnswered()
    {
        await using var master = await FakeMaster.StartAsync();
        master.Intercept = async (context, _) =>
        {
            await FakeMaster.RefuseAsync(context, 503, "No leader elected");
            return true;
        };

        var fault = await Assert.ThrowsAsync<MasterNotFoundException>(() => DetectAsync(master.Address, Nobody));

        Assert.Contains("answered 503", fault.Message);
        Assert.Contains("127.0.0.1:1: ", fault.Message);
    }

    [Fact]
    public async Task Detect_OnlyOne_IsTakenUnasked() => Assert.Equal(Nobody, await DetectAsync(Nobody));

    private static async Task<MasterAddress> DetectAsync(params MasterAddress[] masters)
    {
        using var http = new MasterHttp(new(), TimeProvider.System);
        await using var detector = new StandaloneDetector(masters, http, TimeProvider.System);
        return await detector.DetectAsync(CancellationToken.None);
    }
}
