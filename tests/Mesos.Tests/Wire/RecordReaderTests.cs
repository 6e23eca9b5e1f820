using System.Buffers;
using System.Text;
using Chronos.Mesos.Wire;
using Xunit;

namespace Mesos.Tests.Wire;

public sealed class RecordReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Read_AnyChunkSize_GivesTheSameRecords(int chunk)
    {
        var records = new[] { "{}", new string('x', 300), "", "ä€😀", "10\n20" };

        var read = await ReadAllAsync(Framed(records), () => chunk);

        Assert.Equal(records, read);
    }

    [Fact]
    public async Task Read_RandomChunks_GivesTheSameRecords()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var records = Enumerable.Range(0, 20).Select(_ => new string('r', random.Next(0, 200))).ToArray();

            var read = await ReadAllAsync(Framed(records), () => random.Next(1, 90));

            Assert.True(records.SequenceEqual(read), $"Seed {seed} differs.");
        }
    }

    [Theory]
    [InlineData("x\n{}")]
    [InlineData("-1\n{}")]
    [InlineData("12 \n{}")]
    [InlineData("\n{}")]
    [InlineData("2\r\n{}")]
    [InlineData("999999999999999999999999\n")]
    [InlineData("<html>a page that is no stream</html>")]
    public async Task Read_NoLength_IsRefusedWithWhatWasFound(string stream)
    {
        var reader = new RecordReader(ChunkedPipe.Of(Encoding.UTF8.GetBytes(stream), () => 1));

        var fault = await Assert.ThrowsAsync<RecordFormatException>(
            async () => await reader.ReadAsync(CancellationToken.None));

        Assert.Contains("record", fault.Message);
    }

    [Fact]
    public async Task Read_AboveTheLimit_IsRefusedBeforeItArrives()
    {
        var reader = new RecordReader(ChunkedPipe.Of("101\n"u8.ToArray(), () => 10), recordBytesMax: 100);

        var fault = await Assert.ThrowsAsync<RecordFormatException>(
            async () => await reader.ReadAsync(CancellationToken.None));

        Assert.Equal("A record of 101 bytes was announced; the limit is 100.", fault.Message);
    }

    [Theory]
    [InlineData("5\n{}", true)]
    [InlineData("5", true)]
    [InlineData("2\n{}", false)]
    [InlineData("", false)]
    public async Task Read_StreamEnds_SaysWhetherARecordWasCut(string stream, bool isCut)
    {
        var reader = new RecordReader(ChunkedPipe.Of(Encoding.UTF8.GetBytes(stream), () => 1));

        while (await reader.ReadAsync(CancellationToken.None) is not null)
        {
        }

        Assert.Equal(isCut, reader.EndedInsideRecord);
    }

    private static byte[] Framed(IEnumerable<string> records)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var record in records) RecordWriter.Write(output, Encoding.UTF8.GetBytes(record));
        return output.WrittenSpan.ToArray();
    }

    private static async Task<List<string>> ReadAllAsync(byte[] stream, Func<int> nextSize)
    {
        var reader = new RecordReader(ChunkedPipe.Of(stream, nextSize));
        var records = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is { } record)
            records.Add(Encoding.UTF8.GetString(record));
        return records;
    }
}
