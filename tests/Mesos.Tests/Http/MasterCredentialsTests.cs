using Chronos.Mesos.Http;
using Xunit;

namespace Mesos.Tests.Http;

public sealed class MasterCredentialsTests
{
    [Theory]
    [InlineData("chronos", "s3cr:et", "secret")]
    [InlineData("chro:nos", "s3cret", "principal")]
    [InlineData("", "s3cret", "principal")]
    public void TryCreate_WhatMastersCannotRead_IsRefused(string principal, string secret, string field)
    {
        Assert.Null(MasterCredentials.TryCreate(principal, secret, out var violation));

        Assert.Equal(field, violation!.Field);
        Assert.DoesNotContain("s3cr", violation.ToString());
    }

    [Fact]
    public async Task TryRead_File_GivesTheSecretWithoutItsLineBreak()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "s3cret \r\n");

        var credentials = MasterCredentials.TryRead("chronos", file, out _);

        File.Delete(file);
        Assert.Equal(Convert.ToBase64String("chronos:s3cret "u8), credentials!.Header.Parameter);
        Assert.Equal("chronos:…", credentials.ToString());
    }

    [Fact]
    public void TryRead_NoFile_SaysWhichAndWhy()
    {
        Assert.Null(MasterCredentials.TryRead("chronos", "/nowhere/secret", out var violation));

        Assert.Equal(("secretFile", "/nowhere/secret"), (violation!.Field, violation.Value));
    }
}
