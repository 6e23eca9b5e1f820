using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Xunit;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>Which files are opened, and how they are brought to the schema of this version.</summary>
public sealed class SchemaTests : IDisposable
{
    private const string AddColour = "CREATE TABLE colour (name TEXT); INSERT INTO colour VALUES ('red');";
    private const string AddShade = "ALTER TABLE colour ADD COLUMN shade TEXT; UPDATE colour SET shade = 'dark';";
    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Open_NewerSchema_IsRefusedWithBothVersionsAndTheRemedy()
    {
        await (await folder.OpenAsync([.. Schema.Migrations, AddColour])).DisposeAsync();
        var before = File.ReadAllBytes(folder.File);

        var refusal = await Assert.ThrowsAsync<StoreCorruptException>(folder.OpenAsync);

        Assert.Contains("schema version 2", refusal.Message);
        Assert.Contains("knows 1 to 1", refusal.Message);
        Assert.Contains("Run the version of Chronos that wrote it", refusal.Message);
        Assert.Equal(before, File.ReadAllBytes(folder.File));
    }

    [Theory]
    [InlineData("CREATE TABLE theirs (x)")]
    [InlineData("CREATE TABLE theirs (x); PRAGMA application_id = 42")]
    [InlineData("PRAGMA user_version = 1")]
    [InlineData("PRAGMA journal_mode = WAL; CREATE TABLE theirs (x)")]
    public async Task Open_DatabaseOfAnotherProgram_IsRefusedAndLeftAlone(string script)
    {
        using (var theirs = Connection.Open(folder.File, readOnly: false)) theirs.Execute(script);
        var before = File.ReadAllBytes(folder.File);

        var refusal = await Assert.ThrowsAsync<StoreCorruptException>(folder.OpenAsync);

        Assert.Contains("another program", refusal.Message);
        Assert.Contains(folder.File, refusal.Message);
        Assert.Equal(before, File.ReadAllBytes(folder.File));
    }

    [Fact]
    public async Task Open_OlderSchema_IsBroughtForwardThroughEveryVersion()
    {
        await using (var first = await folder.OpenAsync()) await first.CommitAsync(1, 1, StoredTexts.Unit("a", "1"));

        await using (var second = await folder.OpenAsync([.. Schema.Migrations, AddColour, AddShade]))
            Assert.Equal("1", (await second.TextsAsync())["a"]);

        Assert.Equal(["dark"], Texts("SELECT shade FROM colour"));
        Assert.Equal(3, Version());
    }

    [Fact]
    public async Task Open_OneVersionAtATime_AppliesEachScriptOnce()
    {
        await (await folder.OpenAsync()).DisposeAsync();
        await (await folder.OpenAsync([.. Schema.Migrations, AddColour])).DisposeAsync();
        await (await folder.OpenAsync([.. Schema.Migrations, AddColour, AddShade])).DisposeAsync();
        await (await folder.OpenAsync([.. Schema.Migrations, AddColour, AddShade])).DisposeAsync();

        Assert.Equal(["dark"], Texts("SELECT shade FROM colour"));
    }

    [Fact]
    public async Task Open_ScriptFails_LeavesTheVersionBefore()
    {
        await using (var first = await folder.OpenAsync()) await first.CommitAsync(1, 1, StoredTexts.Unit("a", "1"));

        var failure = await Assert.ThrowsAsync<StoreCorruptException>(
            () => folder.OpenAsync([.. Schema.Migrations, AddColour + "INSERT INTO nowhere VALUES (1);"]));

        Assert.Contains("from schema version 1 to 2", failure.Message);
        Assert.Contains("nowhere", failure.Message);
        Assert.Equal(1, Version());
        Assert.Empty(Texts("SELECT name FROM sqlite_master WHERE name = 'colour'"));
        await using var again = await folder.OpenAsync();
        Assert.Equal("1", (await again.TextsAsync())["a"]);
    }

    [Fact]
    public async Task Open_LaterScriptFails_KeepsTheVersionsThatWereReached()
    {
        await Assert.ThrowsAsync<StoreCorruptException>(
            () => folder.OpenAsync([.. Schema.Migrations, AddColour, "UPDATE nowhere SET x = 1"]));

        Assert.Equal(2, Version());
        await (await folder.OpenAsync([.. Schema.Migrations, AddColour, AddShade])).DisposeAsync();
        Assert.Equal(3, Version());
    }

    private long Version()
    {
        using var connection = Connection.Open(folder.File, readOnly: true);
        return connection.Scalar("PRAGMA user_version");
    }

    private List<string> Texts(string sql)
    {
        using var connection = Connection.Open(folder.File, readOnly: true);
        return connection.Texts(sql);
    }
}
